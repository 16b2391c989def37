r systemctl start t-em
p t-em
log t-em
r systemctl start t-em2
p t-em2
