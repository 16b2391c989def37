systemctl start --no-block t-jc; w t-jc start
r systemctl stop --job-mode=fail t-jc
r systemctl start --job-mode=bogus t-jc
r systemctl stop --job-mode=bogus t-jc
r systemctl list-jobs t-jc.service
r systemctl cancel 99999999
J=$(systemctl list-jobs --no-legend | awk '/t-jc/{print $1}'); systemctl cancel $J; echo "rc=$?"
w t-jc dead; p t-jc; log t-jc
r systemctl list-jobs
