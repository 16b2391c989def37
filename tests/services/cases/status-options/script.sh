systemctl start t-sto; sleep .7
r systemctl status t-sto
r systemctl status t-sto -n 2 --no-pager
r systemctl status t-sto -n 0
r systemctl status t-sto -o cat -n 2
r systemctl status t-sto --lines=1 --full
r systemctl status $(systemctl show -P MainPID t-sto) -n0
r systemctl status 't-sto*' -n0
r systemctl status t-sto -n 1 -o short-iso
r systemctl status --no-legend -q t-sto -n 1
