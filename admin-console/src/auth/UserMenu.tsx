import { Alert, AlertActionCloseButton, AlertGroup, Dropdown, DropdownGroup, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import ProfileIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-profile-icon';
import { useState } from 'react';
import { sentence } from '../api/ApiError.ts';
import { SecondFactorDialog } from '../account/SecondFactorDialog.tsx';
import { session } from '../composition.ts';
import { useNotices } from '../ui/notices.tsx';
import { OwnPasswordDialog } from './OwnPasswordDialog.tsx';
import { roleLabel } from './roles.ts';
import type { User } from './Session.ts';

export function UserMenu({ user }: { user: User }) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState('');
  const [secondFactor, setSecondFactor] = useState(false);
  const [changing, setChanging] = useState(false);
  const notices = useNotices();

  async function signOut() {
    try {
      await session.signOut();
    } catch (failure) {
      setProblem(sentence(failure));
    }
  }

  return (
    <>
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        shouldFocusToggleOnSelect
        popperProps={{ position: 'right' }}
        toggle={(ref) => (
          <MenuToggle
            ref={ref} variant="plainText" isExpanded={open} onClick={() => setOpen(!open)} icon={<ProfileIcon />}
            aria-label={`User menu of ${user.name}`}
          >
            <span className="alti-user-name">{user.name}</span>
          </MenuToggle>
        )}
      >
        <DropdownGroup label={user.roles.length === 0 ? 'Signed in' : user.roles.map(roleLabel).join(', ')}>
          <DropdownList>
            {user.hasPassword && <DropdownItem onClick={() => setSecondFactor(true)}>Second factor</DropdownItem>}
            {user.hasPassword && <DropdownItem onClick={() => setChanging(true)}>Change password</DropdownItem>}
            <DropdownItem onClick={() => void signOut()}>Sign out</DropdownItem>
          </DropdownList>
        </DropdownGroup>
      </Dropdown>
      {secondFactor && <SecondFactorDialog onClose={() => setSecondFactor(false)} />}
      {changing && (
        <OwnPasswordDialog
          onClose={() => setChanging(false)}
          onDone={() => {
            setChanging(false);
            notices.done('Your password has changed');
          }}
        />
      )}
      {notices.place}
      {problem !== '' && (
        <AlertGroup isToast isLiveRegion>
          <Alert component="p"
            variant="danger" title="You are still signed in"
            actionClose={<AlertActionCloseButton title="Close" onClose={() => setProblem('')} />}
          >
            {problem}
          </Alert>
        </AlertGroup>
      )}
    </>
  );
}
