r systemctl start t-nl1
p t-nl1 CanReload,ActiveState
(systemctl reload t-nl1; echo "reload rc=$?") & w t-nl1 reload-notify
r systemctl is-active t-nl1
r systemctl status t-nl1 -n0
wait; p t-nl1 ActiveState,SubState,StatusText
log t-nl1
systemctl start t-nl2; w t-nl2 reload-notify; p t-nl2 ActiveState,SubState
w t-nl2 running; p t-nl2 ActiveState,SubState
log t-nl2
