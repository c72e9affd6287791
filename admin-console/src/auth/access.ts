import type { User } from './Session.ts';

/**
 * The operations that the console asks about, as the gateway spells them. Which role may perform which stands in the
 * gateway's table alone: a session tells those that its user may.
 */
export type Operation =
  | 'create-completion' | 'see-own-usage'
  | 'list-workers' | 'drain-worker' | 'resume-worker' | 'list-all-models' | 'serve-model' | 'add-model' | 'remove-model' | 'list-model-jobs' | 'cancel-model-job'
  | 'list-keys' | 'create-key' | 'rotate-key' | 'revoke-key'
  | 'list-members' | 'add-member' | 'change-member' | 'reset-second-factor' | 'remove-member'
  | 'list-tenants' | 'create-tenant' | 'change-tenant' | 'delete-tenant'
  | 'create-policy' | 'change-policy' | 'delete-policy'
  | 'list-prices' | 'set-price' | 'remove-price'
  | 'list-pins' | 'create-pin' | 'change-pin' | 'delete-pin'
  | 'see-usage' | 'see-quotas' | 'see-audit' | 'see-secrets'
  | 'see-content-logging' | 'set-content-logging' | 'read-content-log' | 'erase-content-log';

export function may(user: User, operation: Operation): boolean {
  return user.operations.includes(operation);
}
