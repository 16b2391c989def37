for i in 1 2 3 4 5 6; do r systemctl start t-lb$i; p t-lb$i LoadState,ActiveState,Result,LoadError; log t-lb$i; done
r systemctl status t-lb1 -n0
r systemctl is-active t-lb1
r systemctl restart t-lb2
