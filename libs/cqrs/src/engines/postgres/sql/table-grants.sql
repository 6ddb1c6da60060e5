-- Who may do what with a table, beside its owner. $1 the table.
SELECT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END, acl.privilege_type
FROM pg_class, aclexplode(relacl) acl
WHERE pg_class.oid = $1::regclass AND acl.grantee <> relowner
