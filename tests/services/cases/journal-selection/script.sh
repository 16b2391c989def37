systemctl start t-js1; systemctl start t-js2 2>/dev/null; sleep .7
r journalctl -u t-jsnone --no-pager
r journalctl -u t-js1 -u t-js2 --no-pager -n 4
r journalctl -u 't-js*' --no-pager -n 3 -o cat
r journalctl -u t-js1 -r -n 3 --no-pager
r journalctl -u t-js1 --no-hostname -n 1 --no-pager
r journalctl -u t-js1 -q -n 1 --no-pager -o cat
r journalctl -u t-jsnone -q --no-pager
r journalctl --unit=t-js1 --lines=1 --output=cat
r journalctl -u t-js1 -n 0
r journalctl -u t-js1 -n +2 -o cat
r journalctl -u t-js1 -e -n 1 -o cat
r journalctl -xeu t-js2 --no-pager -o cat
r journalctl -u t-js2 -p err --no-pager
r journalctl -u t-js2 -p warning..err -o cat --no-pager
r journalctl -u t-js2 -p 3 -o cat
r journalctl -u t-js2 -p bogus
r journalctl _SYSTEMD_UNIT=t-js1.service -o cat -n 2
r journalctl UNIT=t-js2.service -o cat
r journalctl _SYSTEMD_UNIT=t-js1.service + UNIT=t-js2.service -o cat
r journalctl _SYSTEMD_UNIT=t-js1.service _PID=1 -o cat
r journalctl -u t-js1 -b -o cat -n 1
r journalctl -u t-js1 -b 0 -o cat -n 1
r journalctl -u t-js1 -I -o cat
r journalctl bogus
r journalctl /nope
r journalctl /bin/sh -u t-js1 -n 1 -o cat
