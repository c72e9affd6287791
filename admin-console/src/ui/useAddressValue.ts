import { useSearchParams } from 'react-router';

/** A value that the page keeps in its address, so that it can be linked to and survives a reload; the usual one is left out. */
export function useAddressValue(name: string, usual: string): readonly [string, (value: string) => void] {
  const [values, setValues] = useSearchParams();
  return [
    values.get(name) ?? usual,
    (value) => setValues((before) => {
      const after = new URLSearchParams(before);
      if (value === usual) after.delete(name);
      else after.set(name, value);
      return after;
    }, { replace: true }),
  ];
}
