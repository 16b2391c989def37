systemctl start t-rlo@1 t-rlf@1 t-rlf@2
before=$(systemctl show -P MainPID t-rlo@1)
kill -9 $(systemctl show -P MainPID t-rlf@1); wn t-rlf@1 1
kill -9 $(systemctl show -P MainPID t-rlf@1); wn t-rlf@1 2
kill -9 $(systemctl show -P MainPID t-rlf@2); wn t-rlf@2 1
p t-rlf@1 NRestarts,ActiveState,SubState
p t-rlf@2 NRestarts,ActiveState,SubState
[ "$before" = "$(systemctl show -P MainPID t-rlo@1)" ] && echo "= it has its process still"
p t-rlo@1 NRestarts,ActiveState,SubState
log t-rlo@1
