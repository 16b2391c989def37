systemctl enable t-cu1 t-cu2 2>/dev/null
r systemctl start t-cu1
p t-cu1 ConditionResult,AssertResult,ActiveState,Result; r systemctl status t-cu1; log t-cu1
r systemctl start t-cu2
p t-cu2 ConditionResult,AssertResult,ActiveState,Result; r systemctl status t-cu2; log t-cu2
r systemctl start t-cu3
p t-cu3; log t-cu3
r systemctl start t-cu4
p t-cu4; log t-cu4
systemctl disable t-cu1 t-cu2 2>/dev/null
