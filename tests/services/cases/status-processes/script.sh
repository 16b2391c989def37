systemctl start t-spt t-spt2; sleep .8
r systemctl status t-spt -n0
r systemctl status t-spt2 -n0
r systemctl status t-spt -n0 --full
