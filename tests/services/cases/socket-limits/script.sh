r systemctl start t-skm.socket
cat > /tmp/t-many.py <<'PY'
import socket
def ask(count, port):
    found = []
    for i in range(count):
        s = socket.create_connection(('127.0.0.1', port))
        s.settimeout(20)
        try: found.append((s, s.recv(10)))
        except ConnectionResetError: found.append((s, b'reset'))
    return [data for _, data in found]
print(ask(3, 5540))
PY
python3 /tmp/t-many.py
p t-skm.socket ActiveState,SubState,NAccepted,NRefused
log t-skm.socket
for i in $(seq 100); do [ "$(systemctl show -P NConnections t-skm.socket)" = 0 ] && break; sleep .1; done
p t-skm.socket NConnections
r systemctl status t-skm.socket -n0
r systemctl list-units --all --no-legend --plain 't-skm@*'
r systemctl stop t-skm.socket
