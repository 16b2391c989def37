echo "long old content" > /tmp/t-f1; echo "long old content" > /tmp/t-f3
for i in 1 2 2 3 4 5; do r systemctl start t-sf$i; p t-sf$i StandardOutput,StandardError,Result; done
for i in 1 2 3 4 5; do echo "-f$i"; cat /tmp/t-f$i; stat -c '%U %a' /tmp/t-f$i; done
log t-sf1; log t-sf4
