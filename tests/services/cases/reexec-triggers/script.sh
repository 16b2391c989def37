r systemctl start t-rx.socket t-rxa.socket t-rx.timer t-rx.path
talk 5571 one
systemctl daemon-reexec
s t-rx.socket t-rxa.socket t-rx.timer t-rx.path
talk 5571 two
connect 5570
s t-rx.socket t-rx.service
systemctl daemon-reexec
connect 5570
touch /tmp/t-rxfile
for i in $(seq 100); do [ -e /tmp/t-out.rxpath ] && [ -e /tmp/t-out.rxtimer ] && break; sleep .1; done
out rxpath; out rxtimer; out sock-rx
w t-rx.path waiting; w t-rx.timer elapsed
systemctl stop t-rx.service
systemctl daemon-reexec
s t-rx.socket t-rxa.socket t-rx.timer t-rx.path
connect 5570
talk 5571 three
p t-rxa.socket NAccepted
r systemctl stop t-rx.socket t-rxa.socket t-rx.timer t-rx.path t-rx.service
