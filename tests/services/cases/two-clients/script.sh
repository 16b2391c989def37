systemctl start t-2c & systemctl start t-2c & systemctl start t-2c & wait
out 2c
(systemctl restart t-2c; echo "restart rc=$?") & w t-2c start; (systemctl stop t-2c; echo "stop rc=$?") & wait
p t-2c ActiveState,SubState,Result
