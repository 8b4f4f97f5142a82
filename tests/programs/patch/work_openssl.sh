# Hashes, ciphers, keys, certificates: much hand-written assembly in the libraries.
openssl() { $RUN /usr/bin/openssl "$@"; }
seq 1 20000 >data
for d in md5 sha1 sha256 sha512 sha3-256 blake2b512; do openssl dgst -$d data; done
for c in aes-128-cbc aes-256-gcm aes-256-ctr chacha20 camellia-256-cbc des-ede3-cbc; do
	k=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff; case $c in *128*) k=${k:0:32} ;; des*) k=${k:0:48} ;; esac
	openssl enc -$c -K $k -iv 00112233445566778899aabbccddeeff -in data -out enc 2>/dev/null && md5sum <enc
done
openssl genrsa -out k.pem 2048 2>/dev/null && openssl req -x509 -new -key k.pem -subj /CN=x -days 1 -out c.pem && openssl verify -CAfile c.pem c.pem
openssl dgst -sha256 -sign k.pem -out sig data && openssl x509 -in c.pem -pubkey -noout >pub.pem && openssl dgst -sha256 -verify pub.pem -signature sig data
for c in prime256v1 secp384r1 secp521r1; do openssl ecparam -genkey -name $c -out e.pem -noout && openssl dgst -sha256 -sign e.pem -out sig data && openssl ec -in e.pem -pubout -out ep.pem 2>/dev/null && openssl dgst -sha256 -verify ep.pem -signature sig data; done
openssl genpkey -algorithm ed25519 -out ed.pem && openssl pkey -in ed.pem -pubout | wc -l
openssl genpkey -algorithm x25519 -out x1.pem && openssl pkey -in x1.pem -pubout -out x1p.pem && openssl pkeyutl -derive -inkey x1.pem -peerkey x1p.pem | wc -c
openssl prime 1000000007; openssl rand 64 | wc -c; openssl dhparam -check -noout -dsaparam 512 2>&1 | tail -1
openssl s_client -connect /none 2>&1 | tail -1 | cut -c1-20; echo "exit $?"
