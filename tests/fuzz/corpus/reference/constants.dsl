workspace {
!const A "${A}${A}"
!const B "${A}${A}x"
model {
 a = container "${B}${C}${"
 a -> a
}
}
