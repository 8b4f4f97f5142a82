SELECT entry_id, resource_id, functions, operations, observed FROM flow_resources WHERE release = ?1 ORDER BY entry_id, resource_id
