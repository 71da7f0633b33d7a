import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TimeZone;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;

/** Prints what ODK Collect's own library computes for the node `result` of each form in a folder: name, tab, value or `!` and the error. */
public class Collect {
  public static void main(String[] folder) throws IOException {
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Ho_Chi_Minh"));
    new XFormsModule().registerModule();
    PrototypeManager.registerPrototypes(CoreModelModule.classNames);
    try (DirectoryStream<Path> forms = Files.newDirectoryStream(Path.of(folder[0]), "*.xml")) {
      for (Path form : forms) System.out.println(form.getFileName() + "\t" + result(Files.readAllBytes(form)));
    }
  }

  private static String result(byte[] xform) {
    try {
      FormDef form = XFormUtils.getFormFromInputStream(new ByteArrayInputStream(xform));
      form.initialize(true, new InstanceInitializationFactory());
      TreeElement result = form.getMainInstance().getRoot().getFirstChild("result");
      return result.getValue() == null ? "" : result.getValue().uncast().getString();
    } catch (Exception error) {
      return "!" + String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
    }
  }
}
