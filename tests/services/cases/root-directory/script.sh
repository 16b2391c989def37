mkdir -p /tmp/t-root/bin /tmp/t-root/lib64 /tmp/t-root/lib/x86_64-linux-gnu; cp /bin/echo /tmp/t-root/bin/busy; cp -L /lib64/ld-linux-x86-64.so.2 /tmp/t-root/lib64/; cp -L /lib/x86_64-linux-gnu/libc.so.6 /tmp/t-root/lib/x86_64-linux-gnu/
r systemctl start t-rd
log t-rd
