package org.altiplano.console;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;

/** A page of the administration as its user sees it: a list, what can be done with each of its things, and one dialog at a time. */
public final class ListPage {
    private final Page page;

    ListPage(Page page) {
        this.page = page;
    }

    public Locator heading(String title) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(title).setExact(true).setLevel(1));
    }

    /** The row that holds a text as a whole. */
    public Locator row(String text) {
        return page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHas(page.getByText(text, new Page.GetByTextOptions().setExact(true))));
    }

    /** A part of the page with a heading, such as one policy. */
    public Locator section(String heading) {
        return page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(Pattern.compile("^" + literal(heading))));
    }

    public Locator text(String text) {
        return page.getByText(text);
    }

    /** A field outside of dialogs. */
    public Locator field(String label) {
        return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
    }

    public Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    public void press(String button) {
        button(button).click();
    }

    /** Chooses from the menu of one thing of the list. */
    public void act(String thing, String action) {
        menu(thing).click();
        choose(action);
    }

    /** Chooses from the menu that is open. */
    public void choose(String action) {
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(action).setExact(true)).click();
    }

    public Locator menu(String thing) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Actions for " + thing).setExact(true));
    }

    public Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    /** A field of the dialog, by its label without the mark of a required one. */
    public Locator asked(String label) {
        return dialog().getByLabel(Pattern.compile("^" + literal(label) + "(\\s*\\*)?$"));
    }

    public void fill(String label, String value) {
        asked(label).fill(value);
    }

    public void check(String label) {
        dialog().getByLabel(label, new Locator.GetByLabelOptions().setExact(true)).check();
    }

    public void submit(String button) {
        dialog().getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(button).setExact(true)).click();
    }

    /** Types the name that a dialog asks for before it does what cannot be undone. */
    public void confirm(String name, String button) {
        dialog().getByRole(AriaRole.TEXTBOX).fill(name);
        submit(button);
    }

    /** For the browser's own regular expressions, which know no quotation. */
    private static String literal(String text) {
        return text.replaceAll("[.*+?^${}()|\\[\\]\\\\]", "\\\\$0");
    }
}
