workspace {
model {
{
