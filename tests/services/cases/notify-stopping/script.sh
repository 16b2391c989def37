r systemctl start t-nt1
(systemctl stop t-nt1; echo "stop rc=$?") & w t-nt1 stop-sigterm
sleep .6; r systemctl is-active t-nt1; p t-nt1 ActiveState,SubState,StatusText; wait; p t-nt1
systemctl start t-nt2; w t-nt2 stop-sigterm; p t-nt2 ActiveState,SubState; w t-nt2 dead; p t-nt2
log t-nt2
