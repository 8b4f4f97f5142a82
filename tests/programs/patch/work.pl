# perl: regular expressions, closures, die and eval, sort, formats, fork.
use strict; use warnings; $| = 1;
my %h; $h{$_ % 97} .= chr(65 + $_ % 26) for 1 .. 20000;
print join(",", map { length $h{$_} } sort { $a <=> $b } keys %h), "\n";
my @c = map { my $n = $_; sub { $n += shift; die "at $n\n" if $n > 50; $n } } 1 .. 10;
for my $i (1 .. 100) { eval { $c[$i % 10]->($i) }; print $@ if $@ && $i % 20 == 0; }
my $t = join " ", map { "word$_" } 1 .. 2000; my $n = 0; $n += $1 while $t =~ /\bword(\d*[02468])\b/g; print "$n\n";
(my $u = $t) =~ s/(\w)(\d+)/$2$1/g; print substr($u, 0, 40), "\n";
local $SIG{ALRM} = sub { die "alarm\n" }; eval { alarm 1; select undef, undef, undef, 5; }; print $@;
my $pid = fork; if (!$pid) { exit 4 } waitpid $pid, 0; print $? >> 8, "\n";
sub ack { my ($m, $n) = @_; return $n + 1 unless $m; return ack($m - 1, 1) unless $n; ack($m - 1, ack($m, $n - 1)) } print ack(2, 30), "\n";
print sprintf("%.6f", eval { my $s = 0; $s += sqrt $_ for 1 .. 50000; $s }), "\n";
exit 6;
