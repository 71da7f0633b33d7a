import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.actions.setgeopoint.SetGeopointActionHandler;
import org.javarosa.core.model.data.DecimalData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xform.util.XFormUtils;
import org.opendatakit.validate.StubPropertyManager;
import org.opendatakit.validate.StubSetGeopointActionHandler;

/**
 * Fills a form with JavaRosa, the engine inside ODK Collect, as ODK Validate carries it.
 *
 * <p>Arguments: the form, the folder of its files, where to write the instance, then answers as path=value.
 * Prints each choice that it offers (path, value, label) and each answer that it takes (path, "taken").
 */
public class Fill {
    public static void main(String[] given) throws Exception {
        PropertyManager.setPropertyManager(new StubPropertyManager());
        ReferenceManager.instance().addReferenceFactory(new Folder(new File(given[1])));
        new XFormsModule().registerModule();
        XFormParser.registerActionHandler(SetGeopointActionHandler.ELEMENT_NAME, new StubSetGeopointActionHandler());
        FormDef form = XFormUtils.getFormFromFormXml(given[0], null);
        form.initialize(true, new InstanceInitializationFactory());
        Map<String, String> answers =
                Arrays.stream(given).skip(3).map(pair -> pair.split("=", 2)).collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        walk(new FormEntryModel(form), answers);
        form.postProcessInstance();
        Files.write(Path.of(given[2]), new XFormSerializingVisitor().serializeInstance(form.getInstance()));
    }

    private static void walk(FormEntryModel model, Map<String, String> answers) throws Exception {
        FormEntryController steps = new FormEntryController(model);
        int event = steps.stepToNextEvent();
        for (; event != FormEntryController.EVENT_END_OF_FORM; event = steps.stepToNextEvent()) {
            if (event != FormEntryController.EVENT_QUESTION) continue;
            FormEntryPrompt prompt = model.getQuestionPrompt();
            String path = prompt.getIndex().getReference().toString(false);
            IAnswerData answer = answer(prompt, path, answers.get(path));
            if (answer != null && steps.answerQuestion(answer, true) == FormEntryController.ANSWER_OK) System.out.println(path + "\ttaken");
        }
    }

    private static IAnswerData answer(FormEntryPrompt prompt, String path, String value) {
        if (prompt.getSelectChoices() == null) {
            if (value == null) return null;
            return prompt.getDataType() == Constants.DATATYPE_DECIMAL ? new DecimalData(Double.parseDouble(value)) : new StringData(value);
        }
        IAnswerData chosen = null;
        for (SelectChoice choice : prompt.getSelectChoices()) {
            System.out.println(path + "\t" + choice.getValue() + "\t" + prompt.getSelectChoiceText(choice));
            if (choice.getValue().equals(value)) chosen = new SelectOneData(new Selection(choice));
        }
        return chosen;
    }

    private static class Folder extends PrefixedRootFactory {
        private final File folder;

        Folder(File folder) {
            super(new String[] {"file-csv"});
            this.folder = folder;
        }

        @Override
        protected Reference factory(String name, String uri) {
            return new InFolder(new File(folder, name), uri);
        }
    }

    private record InFolder(File file, String uri) implements Reference {
        public String getURI() {
            return uri;
        }

        public String getLocalURI() {
            return file.getAbsolutePath();
        }

        public boolean isReadOnly() {
            return true;
        }

        public InputStream getStream() throws IOException {
            return new FileInputStream(file);
        }

        public OutputStream getOutputStream() {
            return null;
        }

        public boolean doesBinaryExist() {
            return file.exists();
        }

        public void remove() {}

        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }
}
