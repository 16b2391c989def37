for c in 1 2 5 6 7 64 200 203 217 226 255 126 127; do printf "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit $c'\n" > $U/t-esn$c.service; done; dr
for c in 1 2 5 6 7 64 200 203 217 226 255 126 127; do systemctl start t-esn$c 2>/dev/null; echo "$c"; systemctl status t-esn$c -n0 | grep -E 'Main PID|Active'; log t-esn$c | grep 'Main process'; done
