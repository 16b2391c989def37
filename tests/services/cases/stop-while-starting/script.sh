(systemctl start t-sw1; echo "start rc=$?") & w t-sw1 start
tm systemctl stop t-sw1; wait
p t-sw1; log t-sw1
(systemctl start t-sw2; echo "start rc=$?") & w t-sw2 start-pre
p t-sw2 ActiveState,SubState
tm systemctl stop t-sw2; wait
p t-sw2; ls /tmp/t-sp; log t-sw2
