export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const key = 'altiplano.theme';

/** Owns the theme of the page: follows the system until the user decides, and remembers the decision. */
export class Theme {
  private current: ThemeChoice;
  private readonly listeners = new Set<() => void>();
  private readonly root: HTMLElement;
  private readonly memory: Storage;
  private readonly systemDark: MediaQueryList;

  constructor(root: HTMLElement, memory: Storage, systemDark: MediaQueryList) {
    this.root = root;
    this.memory = memory;
    this.systemDark = systemDark;
    this.current = themeChoices.find((choice) => choice === memory.getItem(key)) ?? 'system';
    systemDark.addEventListener('change', () => this.apply());
    this.apply();
  }

  readonly choice = (): ThemeChoice => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  choose(choice: ThemeChoice): void {
    this.current = choice;
    if (choice === 'system') this.memory.removeItem(key);
    else this.memory.setItem(key, choice);
    this.apply();
    for (const listener of this.listeners) listener();
  }

  private apply(): void {
    const dark = this.current === 'dark' || (this.current === 'system' && this.systemDark.matches);
    this.root.classList.toggle('pf-v6-theme-dark', dark);
    this.root.style.colorScheme = dark ? 'dark' : 'light';
  }
}
