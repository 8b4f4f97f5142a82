# The interpreter under stress: exceptions, generators, threads, signals, recursion, C extensions.
import hashlib, json, re, signal, sqlite3, sys, threading, zlib, functools, decimal, pickle, struct, os
def deep(n): return 1 if n == 0 else 1 + deep(n - 1)
out = []
try:
    deep(10 ** 6)
except RecursionError as e:
    out.append("recursion")
n = 0
for i in range(20000):
    try:
        if i % 3 == 0: raise KeyError(i)
        if i % 3 == 1: [][i]
        n += 1
    except (KeyError, IndexError): n += 2
    finally: n += 1
out.append(n)
def gen(k):
    try:
        while True: k += yield k
    finally: out.append("closed")
g = gen(1); next(g); out.append(sum(g.send(i) for i in range(1000))); g.close()
total, lock = 0, threading.Lock()
def work():
    global total
    for i in range(5000):
        with lock: total += i
ts = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in ts]; [t.join() for t in ts]; out.append(total)
hits = 0
def handler(*a):
    global hits; hits += 1
signal.signal(signal.SIGUSR1, handler)
for _ in range(200): os.kill(os.getpid(), signal.SIGUSR1)
out.append(hits)
data = json.dumps({str(i): [i, i * .5, None, "x" * (i % 5)] for i in range(3000)})
out.append(hashlib.sha256(data.encode()).hexdigest()); out.append(len(zlib.compress(data.encode(), 9)))
out.append(len(re.findall(r'"(\d+)": \[(\d+), ([\d.]+), null, "(x*)"\]', data))); out.append(len(pickle.dumps(json.loads(data))))
c = sqlite3.connect(":memory:"); c.execute("create table t(a)"); c.executemany("insert into t values(?)", [(i,) for i in range(1000)])
out.append(c.execute("select sum(a), count(*) from t where a%7=1").fetchone()); out.append(str(decimal.Decimal(2).sqrt()))
out.append(functools.reduce(lambda a, b: (a * 33 + b) % 65521, struct.pack("<1000I", *range(1000))))
class Meta(type):
    def __call__(cls, *a): return super().__call__(*a)
class A(metaclass=Meta):
    __slots__ = ("v",)
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __hash__(self): return self.v % 7
out.append(len({A(i % 50) for i in range(500)}))
print(*out, sep="\n")
sys.exit(11)
