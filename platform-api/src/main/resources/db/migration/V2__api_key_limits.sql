-- Whoever could use models is a developer now.
update platform_user set roles = replace(roles, 'inference', 'developer');
