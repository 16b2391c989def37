python3 -c 'import socket,time; s=socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", 5530)); s.listen(); time.sleep(30)' &
for i in $(seq 100); do ss -ltn 2>/dev/null | grep -q :5530 && break; python3 -c 'import socket; socket.create_connection(("127.0.0.1", 5530))' 2>/dev/null && break; sleep .1; done
mkdir -p /run/t-skfdir
for i in 1 2 3 4 5 6 7; do r systemctl start t-skf$i.socket; p t-skf$i.socket LoadState,ActiveState,SubState,Result; log t-skf$i.socket; done
kill %1
r systemctl reset-failed 't-skf*'
rmdir /run/t-skfdir
