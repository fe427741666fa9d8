-- Who is below whom, wherever that could lead in a circle
SELECT 'group_nesting' AS table_name, group_uid AS uid, parent_uid FROM group_nesting
UNION ALL
SELECT 'group_nesting' AS table_name, member_group_uid AS uid, group_uid AS parent_uid FROM memberships WHERE member_group_uid IS NOT NULL
UNION ALL
SELECT 'organisations' AS table_name, uid, parent_uid FROM organisations WHERE parent_uid IS NOT NULL
UNION ALL
SELECT 'permission_links' AS table_name, permission_uid AS uid, included_uid AS parent_uid FROM permission_links
UNION ALL
SELECT 'identities' AS table_name, uid, manager_uid AS parent_uid FROM identities WHERE manager_uid IS NOT NULL
