-- What was written down of one request is found by the request's id.
create index content_log_request on content_log (tenant_id, request_id);
