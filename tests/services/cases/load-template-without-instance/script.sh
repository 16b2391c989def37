r systemctl start t-lti@
r systemctl is-active t-lti@
r systemctl is-failed t-lti@
r systemctl status t-lti@
r systemctl show t-lti@ -p Id
r systemctl stop t-lti@
r systemctl cat t-lti@
r systemctl start t-lti@a
r systemctl is-active t-lti@a t-lti@b
p t-lti@a Id,Names,Description,FragmentPath
r systemctl start t-lti@b t-lti@c
r systemctl stop 't-lti@*'
r systemctl is-active t-lti@a t-lti@b t-lti@c
