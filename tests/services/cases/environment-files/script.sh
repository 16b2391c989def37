cat > /tmp/t-env1 <<'E'
# comment
; comment2
A=plain value with spaces   
B="dq value $A \$x \"in\" \n"
C='sq value $A \n'
D=a\
b
E=un"mid"quoted 'x'
 F=leading
G= spaced
export H=exp
I=trail # notcomment
J
K=
L="multi
line"
M=back\slash \\ \t
9X=bad
N="a" "b"
O=$A
A=second
E
printf 'B2=fromfile2\nP=two\n' > /tmp/t-env2
r systemctl start t-ef
tr '\n' '~' < /tmp/t-out.ef | tr '\0' '\n' | cat -A | grep -vE '^(INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|MEMORY_PRESS)' | sort
out ef2
log t-ef
p t-ef EnvironmentFiles,UnsetEnvironment
