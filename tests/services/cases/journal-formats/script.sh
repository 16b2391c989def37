systemctl start t-jf; sleep .7
r journalctl -u t-jf --no-pager
r journalctl -u t-jf --no-pager -n 2
r journalctl -u t-jf --no-pager -n 2 -o cat
for o in short short-full short-iso short-iso-precise short-precise short-monotonic short-delta short-unix with-unit cat json json-pretty verbose export json-sse json-seq; do r journalctl -u t-jf -n 1 -o $o --no-pager; done
r journalctl -u t-jf -o bogus
r journalctl -o help
