import { Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import EllipsisIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon';
import { useState } from 'react';

export interface RowAction {
  readonly text: string;
  readonly act: () => void;
  readonly isDanger?: boolean;
}

/** What can be done with one thing of a list. Nothing is shown where that is nothing. */
export function RowActions({ of, actions }: { of: string; actions: readonly RowAction[] }) {
  const [open, setOpen] = useState(false);
  if (actions.length === 0) return null;
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      shouldFocusToggleOnSelect
      shouldFocusFirstItemOnOpen
      popperProps={{ position: 'right' }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref} variant="plain" isExpanded={open} onClick={() => setOpen(!open)} aria-label={`Actions for ${of}`} icon={<EllipsisIcon />}
        />
      )}
    >
      <DropdownList>
        {actions.map(({ text, act, isDanger = false }) => <DropdownItem key={text} isDanger={isDanger} onClick={act}>{text}</DropdownItem>)}
      </DropdownList>
    </Dropdown>
  );
}
