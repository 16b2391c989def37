r systemctl start t-sks.socket
python3 -c 'import socket; s=socket.create_connection(("127.0.0.1", 5550)); s.settimeout(30)
try: print(s.recv(10))
except ConnectionResetError: print("reset")'
w t-sks.socket failed
p t-sks.socket ActiveState,SubState,Result
p t-sks.service ActiveState,SubState,Result
log t-sks.socket
rs 'systemctl status t-sks.socket -n0 | grep -v CPU'
r systemctl reset-failed t-sks.socket t-sks.service
s t-sks.socket t-sks.service
