r systemctl start t-of1
for i in $(seq 100); do [ -e /tmp/t-ofh ] && break; sleep .1; done; out ofh; ws t-of1; p t-of1; log t-of1
r systemctl start t-of2
for i in $(seq 100); do [ -s /tmp/t-out.ofs ] && break; sleep .1; done; out ofs; log t-of2
