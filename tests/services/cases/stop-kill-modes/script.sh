for i in 1 2 3 4 5; do systemctl start t-km$i; done; sleep 1; ignores t-km1
for i in 1 2 3 4 5; do procs t-km$i; tm systemctl stop t-km$i; p t-km$i; log t-km$i; done
pgrep -fxa 'sleep 994.' | cut -d' ' -f2-
pkill -fx 'sleep 994.'; true
