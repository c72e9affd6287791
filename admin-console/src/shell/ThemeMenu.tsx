import { MenuToggle, Select, SelectList, SelectOption } from '@patternfly/react-core';
import SystemIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-auto-light-dark-mode-icon';
import DarkIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-dark-mode-icon';
import LightIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-light-mode-icon';
import { useState, useSyncExternalStore } from 'react';
import { theme } from '../composition.ts';
import { themeChoices, type ThemeChoice } from './Theme.ts';

const looks = {
  system: { label: 'System', icon: SystemIcon },
  light: { label: 'Light', icon: LightIcon },
  dark: { label: 'Dark', icon: DarkIcon },
} as const;

export function ThemeMenu() {
  const choice = useSyncExternalStore(theme.subscribe, theme.choice);
  const [open, setOpen] = useState(false);
  const Icon = looks[choice].icon;
  return (
    <Select
      isOpen={open}
      onOpenChange={setOpen}
      selected={choice}
      onSelect={(_, value) => {
        theme.choose(value as ThemeChoice);
        setOpen(false);
      }}
      shouldFocusToggleOnSelect
      popperProps={{ position: 'right' }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          isExpanded={open}
          onClick={() => setOpen(!open)}
          aria-label={`Theme: ${looks[choice].label}`}
          icon={<Icon />}
        />
      )}
    >
      <SelectList aria-label="Theme">
        {themeChoices.map((each) => {
          const EachIcon = looks[each].icon;
          return <SelectOption key={each} value={each} icon={<EachIcon />}>{looks[each].label}</SelectOption>;
        })}
      </SelectList>
    </Select>
  );
}
