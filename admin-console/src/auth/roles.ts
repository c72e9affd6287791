/** The roles in words. What each may do is the gateway's business; this says what each is for. */
export const roles = [
  { word: 'platform-admin', label: 'Platform administrator', purpose: 'Looks after the installation: tenants, models, workers. Reads nobody’s prompts or answers.' },
  { word: 'tenant-admin', label: 'Tenant administrator', purpose: 'Looks after one tenant: its members, keys and limits.' },
  { word: 'developer', label: 'Developer', purpose: 'Uses models, and looks after its own keys.' },
  { word: 'safety-reviewer', label: 'Safety reviewer', purpose: 'Judges what the tenant’s models are asked and answer.' },
  { word: 'auditor', label: 'Auditor', purpose: 'Sees what was done in the tenant, and changes nothing.' },
] as const;

/** A role that this console does not know is told as it is. */
export function roleLabel(word: string): string {
  return roles.find((role) => role.word === word)?.label ?? word;
}
