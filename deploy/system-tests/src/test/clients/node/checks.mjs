// Runs named checks one after the other: one line each, exit code 1 if one fails.
const checks = []

export function check(name, run) {
  checks.push([name, run])
}

export async function runChecks() {
  let failures = 0
  for (const [name, run] of checks) {
    try {
      await run()
      console.log('ok    ', name)
    } catch (error) {
      failures += 1
      console.log('FAILED', name)
      console.log(error)
    }
  }
  process.exit(failures ? 1 : 0)
}
