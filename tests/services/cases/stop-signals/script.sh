for i in 1 2 3 4 5; do systemctl start t-ssg$i; done; sleep 1
ignores t-ssg3; ignores t-ssg4
for i in 1 2; do tm systemctl stop t-ssg$i; p t-ssg$i; log t-ssg$i | grep -vE '^(Terminated|User defined)' | sort; done
for i in 3 4; do tm systemctl stop t-ssg$i; p t-ssg$i; log t-ssg$i; done
r systemctl restart t-ssg5; sleep .5; log t-ssg5 | grep -vE '^(Terminated|User defined)' | sort
pkill -9 -f 'tnotify igterm'; true
