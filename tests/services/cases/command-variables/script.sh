r systemctl start t-cv
out cv
log t-cv
r systemctl show t-cv -p Environment
