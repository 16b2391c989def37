echo 1 > /run/t-fs1.pid
r systemctl start t-fs1
p t-fs1 ActiveState,SubState,Result
kill -9 $(systemctl show -P MainPID t-fs1); w t-fs1 failed; p t-fs1
ls /run/t-fs1.pid
r systemctl start t-fs2
p t-fs2; log t-fs2
r systemctl start t-fs3
until [ -e /run/t-fs3.pid ]; do sleep .05; done
systemctl stop t-fs3; ls /run/t-fs3.pid
