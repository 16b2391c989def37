for i in 1 2 3 4; do tm systemctl start t-fe$i; p t-fe$i; log t-fe$i; done
systemctl start t-fe5; p t-fe5 ActiveState,SubState; w t-fe5 failed; p t-fe5
r systemctl start t-fe6
p t-fe6
pgrep -fx 'sleep 9976'
log t-fe6
