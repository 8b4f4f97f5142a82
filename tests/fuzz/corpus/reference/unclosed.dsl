workspace {
 model {
 a = container "x
