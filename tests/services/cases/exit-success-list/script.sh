for i in 1 2 3 4; do systemctl start t-esl$i; ws t-esl$i; p t-esl$i; log t-esl$i; done
p t-esl1 SuccessExitStatus
