Issue Type,Issue key,Issue id,Summary,Reporter,Assignee,Priority,Status,Resolution,Created,Updated,Resolved,Custom field (Request Type),Custom field (Time to resolution),Time Spent,Project name
[System] Incident,SUP-1,1,x,ann,p1,Highest,Resolved,Done,05/Jan/26 01:51 AM,,,severity 1,3:45,2614,Red
[System] Incident,SUP-2,2,x,ann,p2,Medium,Resolved,Done,06/Jan/26 03:11 PM,,,severity 3,3:45,5973,Red
[System] Incident,SUP-3,3,x,ann,p3,Medium,Resolved,Done,09/Jan/26 09:09 AM,,,severity 3,3:45,577,Red
[System] Incident,SUP-4,4,x,ann,p4,Highest,Resolved,Done,13/Jan/26 03:49 PM,,,severity 1,3:45,1097,Red
[System] Incident,SUP-5,5,x,ann,p0,Highest,Resolved,Done,18/Jan/26 01:07 PM,,,severity 1,3:45,6880,Red
[System] Incident,SUP-6,6,x,ann,p1,Highest,Resolved,Done,20/Jan/26 11:51 AM,,,severity 1,3:45,1813,Red
[System] Incident,SUP-7,7,x,ann,p2,Medium,Resolved,Done,23/Jan/26 07:35 AM,,,severity 3,3:45,10797,Red
[System] Incident,SUP-8,8,x,ann,p3,Highest,Resolved,Done,27/Jan/26 08:34 AM,,,severity 1,3:45,31609,Red
[System] Incident,SUP-9,9,x,ann,p4,Medium,Resolved,Done,30/Jan/26 03:45 PM,,,severity 3,3:45,27958,Red
[System] Incident,SUP-10,10,x,ann,p0,Medium,Resolved,Done,05/Feb/26 10:32 AM,,,severity 3,3:45,9243,Red
