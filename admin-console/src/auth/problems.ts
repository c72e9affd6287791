/** Why a sign-in at Keycloak failed, by the word with which the gateway sends the browser back. */
const sentences: Readonly<Record<string, string>> = {
  unavailable: 'Keycloak does not answer, so nobody can sign in there now. Whoever is signed in can go on working. Try again in a moment.',
  denied: 'The sign-in was cancelled.',
  stale: 'This sign-in was not begun in this browser, or too long ago. Try again.',
  refused: 'Keycloak did not confirm the sign-in. Try again.',
  homeless: 'You are not a member of exactly one organization, so no tenant is yours. Ask an administrator to add you to one.',
};

const parameter = 'sign-in';

/** Takes what went wrong out of the page's address, so that it is told once. */
export function takeProblem(location: Location, history: History): string {
  const address = new URL(location.href);
  const word = address.searchParams.get(parameter);
  if (word === null) return '';
  address.searchParams.delete(parameter);
  history.replaceState(null, '', address.pathname + address.search);
  return sentences[word] ?? '';
}
